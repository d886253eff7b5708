import { spawn } from 'node:child_process'
import process from 'node:process'

const programs: Readonly<Record<string, string>> = { darwin: 'open', win32: 'explorer.exe' }
/** Where there is no screen the opener ends at once, and not well; one that goes on has found a browser. */
const SOON_MS = 1_500

/** False where no browser could be started. Only addresses, and never through a shell. */
export const browser = (
  url: string,
  program: string = programs[process.platform] ?? 'xdg-open',
  soonMs: number = SOON_MS,
): Promise<boolean> =>
  new Promise((done) => {
    if (!/^https?:\/\//.test(url)) return done(false)
    const child = spawn(program, [url], { stdio: 'ignore', detached: true })
    const goesOn = setTimeout(() => {
      child.unref()
      done(true)
    }, soonMs)
    const ends = (well: boolean) => {
      clearTimeout(goesOn)
      done(well)
    }
    child.once('error', () => ends(false))
    // Explorer says 1 even when it has opened the page.
    child.once('exit', (code) => ends(code === 0 || program === programs.win32))
  })
