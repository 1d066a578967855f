/** How grave entries must be to be logged. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogThreshold = (typeof logLevels)[number]
