/**
 * A name that is not taken: the wanted one, or it with the first number from 2 that makes it free.
 * @param {string} wanted
 * @param {readonly string[]} taken
 */
export function freeName(wanted, taken) {
  let name = wanted
  for (let number = 2; taken.includes(name); number++) name = `${wanted} ${number}`
  return name
}
