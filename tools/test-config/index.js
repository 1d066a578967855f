import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { isFull } from './scaled.js'

/**
 * The configuration of a package's tests: they read the sources of its neighbors, so no build is needed first.
 * @param options.workers processes that share the files, default 1: the packages are tested beside each other
 * @param options.include patterns of the files, default those of src/ and test/
 */
export function packageTests({ workers = 1, include = ['src/**/*.test.ts', 'test/**/*.test.ts'] } = {}) {
  const conditions = ['@ts2p/source', ...defaultServerConditions]
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include,
      reporters: ['default', ['json', { outputFile: '.test-results/summary.json' }]],
      // Files share a process: starting one and loading what they import takes longer than most of them.
      isolate: false,
      maxWorkers: workers,
      testTimeout: isFull ? 600_000 : 60_000,
      hookTimeout: 60_000,
    },
  })
}
