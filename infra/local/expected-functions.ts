const always = [
  'alerts',
  'board',
  'dead-letter-faults',
  'dead-letter-notices',
  'dead-letter-results',
  'doctor',
  'health',
  'health-clusters',
  'incident',
  'incident-acknowledge',
  'incident-feedback',
  'incident-report',
  'incident-scenario',
  'incidents',
  'investigate',
  'kubernetes-mcp',
  'link',
  'list',
  'metrics',
  'mutes',
  'notify',
  'report',
  'sweep',
  'triage',
  'unmute',
]

/** The functions that the app must register, no more and no fewer: the host refuses to start with others. */
export const expectedFunctions = (settings: { readonly SUPERVISORS: number }): readonly string[] => [
  ...Array.from({ length: settings.SUPERVISORS }, (_, index) => `supervisor-${index + 1}`),
  ...always,
]
