import { z } from 'zod'
import { defineTool, reads, type Tool } from '../../shared/mcp-server/server/define-tool.ts'
import { GiveUp } from '../../shared/runtime/errors.ts'
import type { Journal } from '../journal/journal.ts'
import type { Marked } from './marked.ts'

/** Lines around a hit. */
const AROUND = 3

/** What an evidence id stands for, whole or in part. Free of charge for the cluster; the text is there already. */
export const evidenceRead = (
  { journal, marked }: { readonly journal: Journal; readonly marked: Marked },
  /** How much may still be shown, and that so much was. */
  room: () => number,
  count: (size: number) => void,
): Tool =>
  defineTool({
    name: 'evidence_read',
    title: 'Evidence: Read',
    description:
      'Use when you need more of what an evidence id stands for: one object of a list, the lines around a word, or what comes after a cut. Costs the cluster nothing.',
    input: {
      id: z.string().max(10).describe('Such as e7'),
      object: z.string().max(253).optional().describe('Only the object of this name'),
      find: z.string().max(200).optional().describe('Only lines that hold this text, with three lines around each'),
      offset: z.number().int().min(0).default(0).describe('Leave out so many characters, as a cut says'),
    },
    output: { answer: z.string() },
    effects: reads,
    run: async ({ id, object, find, offset }) => {
      const entry = journal.entries().find((one) => one.id === id)
      if (entry === undefined) throw new GiveUp(`There is no evidence ${id.slice(0, 10)}.`)
      const documents = entry.output.split(/^---$/m).filter((text) => object === undefined || nameOf(text) === object)
      if (documents.length === 0) {
        const names = entry.output.split(/^---$/m).flatMap((text) => nameOf(text) ?? [])
        throw new GiveUp(
          `${id} holds no object of that name${names.length === 0 ? '' : `; it holds ${names.slice(0, 40).join(', ')}`}.`,
        )
      }
      const whole = find === undefined ? documents.join('---') : hits(documents, find)
      const text = cutAt(whole.slice(offset), room(), offset)
      count(text.length)
      return { structured: { answer: marked(id, text) }, text: (one) => one.answer }
    },
  })

function cutAt(text: string, most: number, offset: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most)}\n[cut here: ${text.length - most} characters are not shown; offset ${offset + most} goes on]`
}

/** Each hit under the name of the object that it stands in. */
function hits(documents: readonly string[], find: string): string {
  const found = documents.flatMap((text) => {
    const lines = text.split('\n')
    const near = new Set(
      lines.flatMap((line, at) =>
        line.includes(find) ? Array.from({ length: 2 * AROUND + 1 }, (_, by) => at + by - AROUND) : [],
      ),
    )
    if (near.size === 0) return []
    const kind = /^kind: "?([^\s"]+)/m.exec(text)?.[1]
    const title = kind === undefined ? [] : [`In ${kind} ${nameOf(text) ?? ''}:`]
    const kept = lines.flatMap((line, at) => (near.has(at) ? [line] : near.has(at - 1) ? ['…'] : []))
    return [[...title, ...kept].join('\n')]
  })
  return found.length === 0 ? '[no line holds it]' : found.join('\n\n')
}

const nameOf = (text: string): string | undefined => /^ {2}name: "?([^\s"]+)"?$/m.exec(text)?.[1]
