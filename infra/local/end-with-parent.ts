// Loaded with `--import` into processes that must not outlive the one that started them, not even when that one is
// killed without a chance to clean up: the kernel then closes the channel between the two.
if (process.channel !== undefined) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM')
    // Long enough for a clean end, short enough that nobody meets the orphan.
    setTimeout(() => process.exit(1), 8_000).unref()
  })
  process.channel.unref()
}
