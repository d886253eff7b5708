import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real processes and Azurite start in many tests; two cores share them all.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Hundreds of real processes on two shared cores: once more, where nobody watches, before a slow moment counts as a fault.
    retry: process.env.CI === 'true' ? 1 : 0,
    reporters: ['default'],
  },
})
