import { spawn } from 'node:child_process'
import process from 'node:process'

const programs: Readonly<Record<string, string>> = { darwin: 'open', win32: 'explorer.exe' }

/** False where no browser could be started. Only addresses, and never through a shell. */
export const browser = (url: string): Promise<boolean> =>
  new Promise((done) => {
    if (!/^https?:\/\//.test(url)) return done(false)
    const child = spawn(programs[process.platform] ?? 'xdg-open', [url], { stdio: 'ignore', detached: true })
    child.once('error', () => done(false))
    child.once('spawn', () => {
      child.unref()
      done(true)
    })
  })
