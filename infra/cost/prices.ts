/**
 * US dollars, pay as you go, East US, without free grants. List prices change: look each up at its source before you
 * rely on a sum, and put in your own.
 */
export const asOf = '2026-11-21'

export type Price = { readonly usd: number; readonly of: string; readonly source: string }
const page = (name: string) => `https://azure.microsoft.com/pricing/details/${name}/`
const price = (usd: number, of: string, source: string): Price => ({ usd, of, source: page(source) })

export const prices = {
  readyBaseline: price(0.000004, 'GB and second of an instance kept ready (Flex Consumption)', 'functions'),
  readyRunning: price(0.000016, 'GB and second more while an instance kept ready runs', 'functions'),
  onDemand: price(0.000026, 'GB and second of an instance on demand, while it runs', 'functions'),
  millionExecutions: price(0.4, 'million executions', 'functions'),
  containerCpuSecond: price(0.00001125, 'processor and second (Container Instances)', 'container-instances'),
  containerGbSecond: price(0.00000124, 'GB and second (Container Instances)', 'container-instances'),
  natHour: price(0.045, 'hour of a NAT gateway', 'azure-nat-gateway'),
  addressHour: price(0.005, 'hour of a public address', 'ip-addresses'),
  registryDay: price(0.167, 'day of a registry, Basic', 'container-registry'),
  logGb: price(2.3, 'GB of logs taken in', 'monitor'),
  millionStorageOperations: price(0.036, 'million operations on tables and queues', 'storage/tables'),
  tenThousandVaultReads: price(0.03, 'ten thousand reads of a secret', 'key-vault'),
  alertRule: price(1.5, 'alert rule and month', 'monitor'),
  webTest: price(0.0005, 'run of an availability test', 'monitor'),
} as const satisfies Readonly<Record<string, Price>>
