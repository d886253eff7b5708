import { ElicitResultSchema } from '@modelcontextprotocol/sdk/types.js'

export const elicited = ElicitResultSchema
const titled = [1, 2, 3].map((at) => ({ const: `value${at}`, title: `Choice ${at}` }))
const options = ['option1', 'option2', 'option3']
/** The five ways to let somebody choose. */
export const enums = {
  untitledSingle: { type: 'string', enum: options },
  titledSingle: { type: 'string', oneOf: titled },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
  titledMulti: { type: 'array', items: { anyOf: titled } },
}
