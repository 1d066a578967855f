import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import type { ViteUserConfig } from 'vitest/config'

/** The test configuration of every package: it reads the sources of its neighbours, so no build is needed first. */
export function packageTests(): ViteUserConfig {
  return defineConfig({
    resolve: { conditions: ['@ts2p/source', ...defaultServerConditions] },
    ssr: { resolve: { conditions: ['@ts2p/source', ...defaultServerConditions] } },
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      reporters: ['default', ['json', { outputFile: '.test-results/summary.json' }]],
      testTimeout: 60_000,
    },
  })
}
