import { services } from '../picture/kinds.ts'
import { all, label } from '../picture/picture.ts'
import { servicesOf } from '../picture/services.ts'
import { type Analyzer, of } from './hypothesis.ts'
import { serviceFaults } from './service-faults.ts'

const ofTheService = new Set(['ServiceSelectorMismatch', 'ServicePortMismatch'])

/** A workload that looks healthy and was reported all the same: perhaps its own service does not lead to it. */
export const servicesBefore: Analyzer = (scene) => {
  const { picture, subject } = scene
  const keys = of(scene.symptoms, 'trouble').map(({ key }) => key)
  if (keys.length === 0 || subject.pods.length === 0) return []
  const chosen = new Set(servicesOf(picture, subject.namespace, subject.pods))
  const named = all(picture, services, subject.namespace).filter((service) => service.name === subject.name)
  return [...new Set([...chosen, ...named])].flatMap((service) =>
    serviceFaults(scene, service, { client: undefined, port: undefined, failure: undefined })
      .filter((one) => ofTheService.has(one.class))
      .map((one) => ({ ...one, explains: keys, reasons: [...one.reasons, `${label(subject)} itself is healthy.`] })),
  )
}
