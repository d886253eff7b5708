import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { Command } from 'commander'
import { type Mutant, mutants, mutated, root } from './read-mutants.ts'

/** A mutant may loop for ever; that is noticed, too. */
const MUTANT_MS = 180_000

/** A copy of the project: a run that is cut off leaves no mutant behind in it. */
function copied(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrier-mutants-'))
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  }).toString()
  for (const file of files
    .trim()
    .split('\n')
    .filter((one) => existsSync(join(root, one)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

const passes = (folder: string, tests: readonly string[]) =>
  new Promise<boolean>((resolve) => {
    const vitest = join('node_modules', 'vitest', 'vitest.mjs')
    const args = [vitest, 'run', '--bail', '1', ...tests.filter((test) => existsSync(join(folder, test)))]
    execFile(process.execPath, args, { cwd: folder, timeout: MUTANT_MS }, (error) => resolve(error === null))
  })

async function tryMutant(folder: string, mutant: Mutant): Promise<'caught' | 'survived' | 'broken before'> {
  if (!(await passes(folder, mutant.tests))) return 'broken before'
  const path = join(folder, mutant.file)
  writeFileSync(path, mutated(mutant))
  try {
    return (await passes(folder, mutant.tests)) ? 'survived' : 'caught'
  } finally {
    cpSync(join(root, mutant.file), path)
  }
}

await new Command('mutants')
  .description('Puts one mistake after the other into a copy of the product, and tells which of them no test notices.')
  .option('--only <text>', 'those whose name has this text')
  .action(async ({ only }: { only?: string }) => {
    const chosen = mutants.filter(({ name }) => only === undefined || name.includes(only))
    const folder = copied()
    let caught = 0
    try {
      for (const mutant of chosen) {
        const result = await tryMutant(folder, mutant)
        if (result === 'caught') caught += 1
        console.log(`${result.padEnd(14)} ${mutant.name}`)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
    console.log(`${caught} of ${chosen.length} caught`)
    process.exitCode = caught === chosen.length ? 0 : 1
  })
  .parseAsync()
