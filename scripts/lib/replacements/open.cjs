// Stands in for `open` in the bundles, with which @azure/identity would start a browser in its
// InteractiveBrowserCredential. The extension has no use for that credential: VS Code opens its addresses.
module.exports = () => {
  throw new Error('Only VS Code opens addresses.');
};
