// Stands in for `debug` in the bundles, with which the proxy agents below @azure/identity would write to the console
// where the environment's DEBUG names them: the proxy's address with its password, and requests with their tokens.
module.exports = () => () => undefined;
