import { InvalidArgumentError } from 'commander'

/** For an option of a command: refuses in one sentence what is no number within the bounds, both included. */
export const numberOption =
  (least: number, most: number, { whole = true }: { readonly whole?: boolean } = {}) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(`It must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`)
    return value
  }
