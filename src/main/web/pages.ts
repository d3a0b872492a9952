import type { Attempt } from './login.ts'

/** What stands before the workbench: whoever reads it has not chosen a language yet, so each text is in both. They need no scripts, and their only form goes back to this host. */
export const entrancePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** For whoever has neither token nor cookie. */
export const needsToken =
  'This address needs the token that the workbench printed when it started. / 此地址需要工作台启动时显示的令牌。'

/** What a person reads after an attempt. */
const answers: Readonly<Record<Exclude<Attempt, 'right'>, string>> = {
  wrong: 'This password is wrong. / 密码错误。',
  'too many': 'Too many attempts at once: wait for some seconds. / 尝试次数过多：请稍候几秒。',
}

/**
 * Asks for the password. The form names no address: it goes to its own, which is where the person wants to go.
 * @param attempt the one before, if there was one.
 */
export const loginPage = (attempt?: keyof typeof answers) =>
  framed(`<form method="post">
<label>Password / 密码<input type="password" name="password" autocomplete="current-password" required autofocus></label>
${attempt === undefined ? '' : `<p role="alert">${answers[attempt]}</p>`}
<button>Open the workbench / 打开工作台</button>
</form>`)

/** For whoever reaches the host below a path of a proxy. */
export const prefixPage = () =>
  framed(`<p>The proxy in front of this workbench has put it below a path, and it works only at the root of a host name. Give it a name or a port of its own there, and let the proxy pass every path on unchanged. /
前置代理将此工作台放在了某个路径之下，而它只能位于主机名的根路径。请在代理中为它设置单独的名称或端口，并让代理原样转发所有路径。</p>`)

/** Says where the token is to be found. */
export const closedPage = () =>
  framed(`<p>${needsToken}</p>
<p>Look for the line with <code>?token=</code> where it was started, and open that whole address; with every start there is another token. /
请在启动工作台的终端中找到含 <code>?token=</code> 的一行，并打开完整地址；每次启动的令牌都不同。</p>`)

const framed = (content: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>BehaveGPT Workbench</title>
<style>body{font:16px/1.5 system-ui;max-width:22rem;margin:20vh auto;padding:0 1rem}h1{font-size:1.4rem}input,button{font:inherit;width:100%;box-sizing:border-box;padding:.4rem;margin-top:.5rem}</style>
</head>
<body>
<h1>BehaveGPT Workbench</h1>
${content}
</body>
</html>
`
