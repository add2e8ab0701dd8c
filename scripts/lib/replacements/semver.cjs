// Stands in for `semver` (29 kB) in the bundles. Only jsonwebtoken asks it there, and only whether this Node is at least
// 8, 15.7 and 16.9; the oldest that runs the extension is 22.
exports.satisfies = () => true;
