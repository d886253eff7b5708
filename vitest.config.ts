import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/run/longest-first.ts'
import { wholeOnly } from './test/run/whole-only.ts'

// Whoever names a file wants the whole of it.
if (process.argv.some((arg) => arg.startsWith('test/'))) process.env.TESTS ??= 'all'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: process.env.TESTS === 'all' ? [] : wholeOnly,
    // Real processes and Azurite start in many tests; two cores share them all.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One more than there are cores: many tests wait for processes and clocks rather than compute.
    maxWorkers: 3,
    globalSetup: ['test/run/compile-once.ts'],
    sequence: { sequencer: LongestFirst },
    // Hundreds of real processes on two shared cores: once more, where nobody watches, before a slow moment counts as a fault.
    retry: process.env.CI === 'true' ? 1 : 0,
    reporters: ['default'],
  },
})
