#!/usr/bin/env node
// A clone runs its sources, where Node can; an installed package has no sources and runs what was built of them.
import { existsSync } from 'node:fs'

const source = new URL('../shared/cli/main.ts', import.meta.url)
await import(process.features.typescript && existsSync(source) ? source.href : '../dist/nightcrier.js')
