/** Whether a host name, as `URL.hostname` gives it, means this machine: localhost, 127.0.0.0/8 or ::1. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === 'localhost.' ||
    hostname === '[::1]' ||
    // `URL` writes every IPv4 address as four decimal numbers; a name cannot end in a number.
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}
