/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether a URL's host can be reached by nobody outside: loopback, private and link-local addresses, names without a dot. */
export function isPrivate(hostname: string): boolean {
  if (isLoopback(hostname)) return true;
  if (hostname.startsWith('[')) return /^\[(?:::|f[cde]|fe[89ab])/i.test(hostname);
  if (/^(?:0|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\./.test(hostname)) return true;
  return !hostname.includes('.') || /\.(?:local|internal|lan|home|test|example|invalid|localhost)$/i.test(hostname);
}
