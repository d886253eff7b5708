import { homedir } from 'node:os'

/** Of whoever runs this. In a container it may be a number that no list of users has, without HOME: the root then stands for it. */
export function homeFolder(): string {
  try {
    return homedir()
  } catch {
    return '/'
  }
}
