import { errorText } from './errors.ts'

/** Runs parts one after the other; one that fails stops none of the others, and is thrown with all that failed at the end. */
export function inParts(what: string) {
  const failures: string[] = []
  return {
    part: async <T>(name: string, work: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await work()
      } catch (error) {
        failures.push(`${name}: ${errorText(error)}`)
        return undefined
      }
    },
    end: (): void => {
      if (failures.length > 0) throw new Error(`${what} could not do all: ${failures.join('; ')}`)
    },
  }
}
