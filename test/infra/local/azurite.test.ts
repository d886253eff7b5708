import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { TableClient } from '@azure/data-tables'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueClient } from '@azure/storage-queue'
import { expect, test } from 'vitest'
import { startAzurite } from '../../../infra/local/azurite.ts'

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('Azurite keeps blobs, queues and tables, and nothing of it is left after stop', async () => {
  const azurite = await startAzurite()
  try {
    const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('things')
    await container.create()
    await container.getBlockBlobClient('a.txt').upload('abc', 3)
    expect((await container.getBlobClient('a.txt').downloadToBuffer()).toString()).toBe('abc')
    const queue = new QueueClient(azurite.connectionString, 'things')
    await queue.create()
    await queue.sendMessage('hello')
    expect((await queue.receiveMessages()).receivedMessageItems[0]?.messageText).toBe('hello')
    const table = TableClient.fromConnectionString(azurite.connectionString, 'things', {
      allowInsecureConnection: true,
    })
    await table.createTable()
    await table.createEntity({ partitionKey: 'p', rowKey: 'r', n: 1 })
    expect((await table.getEntity('p', 'r')).n).toBe(1)
  } finally {
    await azurite.stop()
  }
  expect(alive(azurite.pid)).toBe(false)
  await azurite.stop()
})

test('Azurite ends when the process that started it is killed', async () => {
  const module = new URL('../../../infra/local/azurite.ts', import.meta.url).href
  const code = `const { startAzurite } = await import('${module}'); console.log((await startAzurite()).pid); setInterval(() => {}, 1000)`
  const starter = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: starter.stdout }), 'line')
  const pid = Number(line)
  expect(alive(pid)).toBe(true)
  starter.kill('SIGKILL')
  await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false)
})
