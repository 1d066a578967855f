import { packageTests } from '@ts2p/test-config'
import { defineConfig } from 'vitest/config'

const { test, ...config } = packageTests({ workers: 2 })

export default defineConfig({ ...config, test: { ...test, globalSetup: './test/bundled.ts' } })
