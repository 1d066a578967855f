import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

/** The configuration of a package's tests: they read the sources of its neighbours, so no build is needed first. */
export function packageTests() {
  const conditions = ['@ts2p/source', ...defaultServerConditions]
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      reporters: ['default', ['json', { outputFile: '.test-results/summary.json' }]],
      testTimeout: 60_000,
    },
  })
}
