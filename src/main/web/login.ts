import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSameSecret } from './access.ts'

const longestForm = 4_096
/** A wrong password makes the next one wait, whoever tries. */
const pauseMilliseconds = 1_000

/** Lets in whoever knows the password. Attempts are looked at one after the other, so that nobody can guess in parallel. */
export class Login {
  readonly #password: string
  #turn: Promise<unknown> = Promise.resolve()

  constructor(password: string) {
    this.#password = password
  }

  /** Whether the form of a request holds the password. */
  async accepts(request: IncomingMessage): Promise<boolean> {
    const form = await readForm(request)
    if (form === undefined) return false
    const attempt = this.#turn.then(() => isSameSecret(form.get('password') ?? '', this.#password))
    this.#turn = attempt.then((right) => (right ? undefined : sleep(pauseMilliseconds)))
    return await attempt
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  let text = ''
  try {
    for await (const chunk of request.setEncoding('utf8')) {
      text += chunk
      if (text.length > longestForm) return undefined
    }
  } catch {
    return undefined
  }
  return new URLSearchParams(text)
}

/** A page without scripts, whose only form goes back to this host. */
export const loginPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export const loginPage = (isWrong: boolean) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>BehaveGPT Workbench</title>
<style>body{font:16px/1.5 system-ui;max-width:22rem;margin:20vh auto;padding:0 1rem}input,button{font:inherit;width:100%;box-sizing:border-box;padding:.4rem;margin-top:.5rem}</style>
</head>
<body>
<h1>BehaveGPT Workbench</h1>
<form method="post" action="/login">
<label>Password / 密码<input type="password" name="password" autocomplete="current-password" required autofocus></label>
${isWrong ? '<p role="alert">This password is wrong. / 密码错误。</p>' : ''}
<button>Open the workbench / 打开工作台</button>
</form>
</body>
</html>
`
