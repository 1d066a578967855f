import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { isFull } from './scaled.js'

/** The configuration of a package's tests: they read the sources of its neighbours, so no build is needed first. */
export function packageTests() {
  const conditions = ['@ts2p/source', ...defaultServerConditions]
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      reporters: ['default', ['json', { outputFile: '.test-results/summary.json' }]],
      // Files share a process: starting one and loading what they import takes longer than most of them.
      isolate: false,
      // As many as there are cores; vitest leaves one free, and much of the time its tests wait for other processes.
      maxWorkers: '100%',
      testTimeout: isFull ? 600_000 : 60_000,
    },
  })
}
