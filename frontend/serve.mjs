/* The built page, ended when whoever started it ends: its standard input closes then, also when
 * that process was killed. */
process.stdin.resume();
process.stdin.on("close", () => process.exit(0));
await import("./.next/standalone/server.js");
