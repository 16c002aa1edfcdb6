/** RFC 9112 §3.2.1: from the slash on, in ASCII that can be seen. A fragment is never sent. */
const ORIGIN_FORM = /^\/[!-"$-~]*$/

/**
 * Why a request target cannot be read; null where it can. Paths are never straightened here, so one with empty or dot
 * segments or with encoded slashes is just another path: it is that of no route, and below `/verify` whatever a gateway
 * was asked for.
 */
export function unreadableTarget(target: string): string | null {
  if (!ORIGIN_FORM.test(target)) return 'the target is not a path and a query'
  return isDecodable(pathOf(target)) ? null : 'the path is not valid percent-encoded UTF-8'
}

/** What stands before the query. */
export function pathOf(target: string): string {
  const end = target.indexOf('?')
  return end === -1 ? target : target.slice(0, end)
}

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
