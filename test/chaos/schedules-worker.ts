import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { schedules } from './schedules.ts'

const { first, count } = z.object({ first: z.number(), count: z.number() }).parse(workerData)
parentPort?.postMessage(await schedules(first, count))
