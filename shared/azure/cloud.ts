/** Azure's clouds, by the names that its own tools have for them, and where each is managed. */
const managers = {
  AzureCloud: 'https://management.azure.com',
  AzureUSGovernment: 'https://management.usgovcloudapi.net',
  AzureChinaCloud: 'https://management.chinacloudapi.cn',
} as const
export type Cloud = keyof typeof managers

/** A token for the resource manager is asked for by this address, too: of another cloud it is refused. */
export const managerOf = (cloud: Cloud): string => managers[cloud]

/** The cloud that a program's surroundings name; the public one when they name none. */
export function cloudOf(environment: { readonly AZURE_ENVIRONMENT?: string | undefined }): Cloud {
  const named = environment.AZURE_ENVIRONMENT ?? ''
  return named === 'AzureUSGovernment' || named === 'AzureChinaCloud' ? named : 'AzureCloud'
}
