import { ORPCError } from '@orpc/client'
import { shallowRef, watch } from 'vue'
import { type ErrorDocument, toErrorDocument } from '../shared/errors.ts'
import { isPhrase, phrase, render } from '../shared/phrase.ts'

/** Whether the workbench answers: `lost` when the host went away or was not reached yet; it is tried again until it is back. */
export const connection = shallowRef<'open' | 'lost'>('open')

/** Why a host does not take the page although it answers: it was started anew, and wants its new token or its password, or too many pages are open. */
export const closedBy = shallowRef<'token' | 'password' | 'full'>()

/** Calls whenever the workbench answers again after it was lost, until the caller's scope ends: what broke off is asked anew. */
export function onReturn(again: () => void): void {
  watch(connection, (state) => {
    if (state === 'open') again()
  })
}

const brokeOff = phrase`The connection broke off.`

/** Whether an error is only that nobody answers, which is no defect. */
export const isBrokenOff = ({ message }: ErrorDocument): boolean => message.template === brokeOff.template

/** What went wrong, as the workbench says it. */
export function errorOf(error: unknown): ErrorDocument {
  if (error instanceof ORPCError && isPhrase(error.data?.message)) return error.data as ErrorDocument
  // What a broken connection says of itself is the browser's own.
  if (connection.value === 'lost') return { code: 'internal', message: brokeOff }
  return toErrorDocument(error)
}

/** An error of this document, as procedures throw it. */
export const explained = (document: ErrorDocument) =>
  new ORPCError(document.code, { message: render(document.message), data: document })
