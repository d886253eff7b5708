import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import { build } from '../../infra/build.ts'
import { running, webPod } from '../shared/mcp-server/pods.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { start } from './program.ts'

test('the built program answers from an empty folder, with nothing of its sources around it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'built-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const root = resolve(import.meta.dirname, '..', '..')
  const { folder: dist } = await build(root, join(folder, 'dist'), { 'nightcrier-mcp': 'shared/mcp-server/main.ts' })
  const simulator = await startSimulator({ port: 0, objects: [webPod('p-1', running)] })
  onTestFinished(simulator.stop)
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, simulator.kubeconfig)
  const command = { name: 'built', command: process.execPath, args: [join(dist, 'nightcrier-mcp.js')] }
  const server = await start(command, kubeconfig, folder)
  onTestFinished(server.close)
  const { text, isError } = await server.ask({ tool: 'pods_list', args: {} })
  expect(isError, text).toBe(false)
  expect(text).toContain('web-6bf586c785-chf5m')
  const found = await server.ask({ tool: 'logs_search', args: { pattern: 'x' } })
  expect(found.isError, found.text).toBe(false)
}, 120_000)
