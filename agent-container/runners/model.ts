import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModel } from 'ai'
import type { Broker, Task } from '../agent/broker-client.ts'

/** The configured vendor's own library, with the broker in the vendor's place and the incident's token as its key. */
export function modelAt(
  { url, token }: Pick<Broker, 'url' | 'token'>,
  { provider, model }: Pick<Task, 'provider' | 'model'>,
): LanguageModel {
  const at = { apiKey: token }
  switch (provider) {
    case 'anthropic':
      return createAnthropic({ ...at, baseURL: `${url}/model/anthropic/v1` })(model)
    case 'google':
      return createGoogle({ ...at, baseURL: `${url}/model/google/v1beta` })(model)
    // What Azure wants otherwise, the gateway sees to.
    case 'azure':
    case 'openai-compatible':
      return createOpenAICompatible({ ...at, name: 'model', baseURL: `${url}/model/openai/v1`, includeUsage: true })(
        model,
      )
    default:
      return provider satisfies never
  }
}
