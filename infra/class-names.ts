/** How esbuild gives functions and classes their names back: `var t=(e,r)=>d(e,"name",{value:r,configurable:!0})`. */
const helper = /([\w$]+)=\(([\w$]+),([\w$]+)\)=>[\w$]+\(\2,"name",\{value:\3,configurable:!0\}\)/g
const ofClass = /static\{[\w$]+\(this,("[^"]*")\)/g

/**
 * Of a bundle whose names are kept, those of classes alone: libraries tell errors apart by them. A function would get its
 * name anew whenever it is made, and a connection makes a hundred: a third of its memory, and of the time of a fault.
 */
export const classNamesOnly = (code: string): string =>
  code
    .replace(helper, '$1=$2=>$2')
    .replace(ofClass, 'static{Object.defineProperty(this,"name",{value:$1,configurable:!0})')
