import { packageTests } from '@ts2p/test-config'
import { defineConfig } from 'vitest/config'

// Only the test settings: sources are what the other packages test; here the packages are as users get them.
const { test } = packageTests({ workers: 2 })

export default defineConfig({ test: { ...test, globalSetup: './test/packed.ts' } })
