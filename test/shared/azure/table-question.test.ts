import { expect, test } from 'vitest'
import { storagePlace } from '../../../shared/azure/storage-place.ts'
import { azureTable, tableClient } from '../../../shared/azure/tables.ts'

test('a question of more comparisons than the service takes is refused here, as Azurite would take it', async () => {
  const key = Buffer.from('no key of anybody').toString('base64')
  const AzureWebJobsStorage = `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=${key};TableEndpoint=http://127.0.0.1:1/a`
  const place = storagePlace({ AzureWebJobsStorage }, { getToken: async () => null })
  const filter = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`field${n}`, 'x']))
  const asked = azureTable(tableClient(place, 'incidents')).list({ partition: 'current', filter, limit: 10 })
  await expect(asked).rejects.toThrow('16 comparisons in one question to a table, 15 is the most')
})
