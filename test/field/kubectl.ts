import { execFile } from 'node:child_process'

/** A cluster that is asked for much at once answers late; one that does not answer at all must not hold the run. */
const COMMAND_MS = 90_000
const MAX_OUTPUT = 8 * 1024 * 1024

export type Kubectl = (args: readonly string[], input?: string) => Promise<string>

/** Runs kubectl against one kubeconfig. Fails with what it says. */
export const kubectlFor =
  (kubeconfig: string): Kubectl =>
  (args, input) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        'kubectl',
        ['--kubeconfig', kubeconfig, ...args],
        { timeout: COMMAND_MS, maxBuffer: MAX_OUTPUT },
        (error, stdout, stderr) =>
          error === null
            ? resolve(stdout)
            : reject(new Error(`kubectl ${args.slice(0, 4).join(' ')}: ${stderr || error.message}`)),
      )
      child.stdin?.end(input ?? '')
    })

/** `patch x -p='{"a": 1}'` as a shell would part it: quotes hold together what is in them. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
