import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'

/** A handshake with a far region or through a cold tunnel takes half a second; an address that is dead costs this once. */
const ATTEMPT_MS = 2_000

/**
 * Of a host with several addresses Node gives up each after 250 ms, and then all have failed though one was only slow.
 * Holds for every connection of this process that says nothing else: storage, vault, identity, chats, the model.
 */
export const connectWithPatience = (): void => setDefaultAutoSelectFamilyAttemptTimeout(ATTEMPT_MS)
