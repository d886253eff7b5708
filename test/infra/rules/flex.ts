import { z } from 'zod'
import { ofType, type Resource, type Rule } from '../snapshot.ts'

// What Flex Consumption takes, other than what the types of Microsoft.Web allow:
// https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan and …/functions-app-settings (deprecations).

/** What azurerm itself sends for this plan, and no more; refused with 51021 by stamps that look: ftpsState, linuxFxVersion … */
const siteConfig = [
  'http20Enabled',
  'minTlsVersion',
  'scmMinTlsVersion',
  'cors',
  'healthCheckPath',
  'ipSecurityRestrictions',
]
/** Settings that this plan refuses or that stand elsewhere in it. */
const refused = [
  'ENABLE_ORYX_BUILD',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_WORKER_PROCESS_COUNT',
  'FUNCTIONS_WORKER_RUNTIME',
  'FUNCTIONS_WORKER_RUNTIME_VERSION',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_CONTENTOVERVNET',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_DNS_SERVER',
  'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT',
  'WEBSITE_NODE_DEFAULT_VERSION',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_TIME_ZONE',
  'WEBSITE_VNET_ROUTE_ALL',
  'TZ',
]

const Site = z.looseObject({
  siteConfig: z.record(z.string(), z.unknown()),
  functionAppConfig: z.strictObject({
    runtime: z.strictObject({ name: z.literal('node'), version: z.enum(['22', '24']) }),
    siteUpdateStrategy: z.strictObject({ type: z.enum(['Recreate', 'RollingUpdate']) }).optional(),
    deployment: z.strictObject({
      storage: z.strictObject({
        type: z.literal('blobContainer'),
        value: z.string(),
        authentication: z.strictObject({
          type: z.literal('UserAssignedIdentity'),
          userAssignedIdentityResourceId: z.string(),
        }),
      }),
    }),
    scaleAndConcurrency: z.strictObject({
      instanceMemoryMB: z.literal([512, 2048, 4096]),
      maximumInstanceCount: z.number().int().min(40).max(1000),
      alwaysReady: z.array(
        z.strictObject({
          name: z.string().regex(/^(http|blob|durable|function:[A-Za-z][\w-]{0,126})$/),
          instanceCount: z.number().int().min(1),
        }),
      ),
    }),
  }),
})

export const siteIsFlex: Rule = (resources) =>
  ofType(resources, 'Microsoft.Web/sites').flatMap((site) => {
    const parsed = Site.safeParse(site.properties)
    if (!parsed.success) return [z.prettifyError(parsed.error)]
    const { siteConfig: config, functionAppConfig } = parsed.data
    const mine = Object.keys(site.identity?.userAssignedIdentities ?? {})
    const used = functionAppConfig.deployment.storage.authentication.userAssignedIdentityResourceId
    return [
      ...Object.keys(config).flatMap((key) =>
        siteConfig.includes(key) ? [] : [`siteConfig.${key} is refused by Flex`],
      ),
      ...(mine.includes(used) ? [] : [`the site has no identity ${used}`]),
      ...(site.properties.keyVaultReferenceIdentity === used ? [] : ['secrets are read by another identity']),
    ]
  })

export const settingsOfSite = (resources: readonly Resource[]): Readonly<Record<string, unknown>> =>
  ofType(resources, 'Microsoft.Web/sites/config').find(({ name }) => name.endsWith('/appsettings'))?.properties ?? {}

export const settingsAreTaken: Rule = (resources) => {
  const settings = settingsOfSite(resources)
  const clientId = /^\[reference\('([^']+)', '[\d-]+'\)\.clientId\]$/.exec(
    String(settings.AzureWebJobsStorage__clientId),
  )?.[1]
  const mine = Object.keys(ofType(resources, 'Microsoft.Web/sites')[0]?.identity?.userAssignedIdentities ?? {})
  return [
    ...Object.entries(settings).flatMap(([name, value]) => [
      ...(/^[A-Za-z0-9_.]+$/.test(name) ? [] : [`${name}: on Linux a setting's name is letters, digits, _ and .`]),
      ...(refused.includes(name) ? [`${name} is refused by Flex`] : []),
      ...(typeof value === 'string' ? [] : [`${name} is no text`]),
    ]),
    ...('AzureWebJobsStorage' in settings ? ['AzureWebJobsStorage: the host would take it before the identity'] : []),
    ...(settings.AzureWebJobsStorage__credential === 'managedidentity' ? [] : ['no __credential: no identity is used']),
    ...(clientId !== undefined && mine.includes(clientId) ? [] : ['__clientId is of no identity that the site has']),
    ...(String(settings.APPLICATIONINSIGHTS_AUTHENTICATION_STRING).includes('.clientId')
      ? []
      : ['telemetry is sent by nobody: a component without keys refuses it silently']),
    ...['blob', 'queue', 'table'].flatMap((service) =>
      `AzureWebJobsStorage__${service}ServiceUri` in settings ? [] : [`${service} has no address`],
    ),
    ...(/^00:\d\d:\d\d$/.test(String(settings.AzureFunctionsJobHost__functionTimeout)) ? [] : ['no functionTimeout']),
    ...(Number(settings.FUNCTIONS_REQUEST_BODY_SIZE_LIMIT) <= 2 ** 20 ? [] : ['bodies of any size are taken in']),
  ]
}
