import process from 'node:process'
import { costTables } from './page.ts'
import { asOf, prices } from './prices.ts'
import { byDuty, byPart } from './tables.ts'

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ asOf, prices, byPart: byPart(), byDuty: byDuty() }, undefined, 2))
} else console.log(costTables())
