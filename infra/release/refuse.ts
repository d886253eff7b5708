// `npm publish` of a folder comes by here; the release workflow publishes the archive that was tested.
console.error(
  'Releases are made of a tag by .github/workflows/release.yml, which publishes the package that it has tested.',
)
process.exitCode = 1
