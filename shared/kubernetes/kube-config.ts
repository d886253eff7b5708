import { KubeConfig } from '@kubernetes/client-node'

/** In a file of its own: a bundler cannot look into a dynamic import, and would take 13 MB of generated clients along. */
export const newKubeConfig = (): KubeConfig => new KubeConfig()
