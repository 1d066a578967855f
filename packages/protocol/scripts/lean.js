// Leaves out what pbjs writes into every message and none of ours needs: no schema has groups or is recursive, what is
// unknown is discarded, and a message is made by decoding only. That is a good part of the code that a page loads.
const cuts = [
  // An absent field is the prototype's, whose value is not written anyway.
  [/ && \$Object\.hasOwnProperty\.call\(message, "\$?\w+"\)/g, ''],
  [/message\.(\w+) != null && message\.\1 !== 0/g, 'message.$1'],
  [/message\.(\w+) != null && message\.\1\.length/g, 'message.$1?.length'],
  // Unknown fields, which are kept to be written again.
  [/ *if \(message\.\$unknowns != null\)\n.*\n *writer\.raw\(message\.\$unknowns\[i\]\);\n/g, ''],
  [/ *if \(!reader\.discardUnknown\) \{\n.*\n.*\n *\}\n/g, ''],
  [/ *let start = reader\.pos;\n/g, ''],
  // Properties given to the constructor.
  [/ = function \(properties\) \{/g, ' = function () {'],
  [/ *if \(properties\)\n.*\n *if .*"__proto__"\)\n.*;\n/g, ''],
  // Groups.
  [/ *if \(tag === _end\) \{\n.*\n *break;\n *\}\n/g, ''],
  [/ *if \(_end !== \$undefined\)\n.*missing end group.*\n/g, ''],
  [/, \$undefined, _depth \+ 1/g, ''],
  [/, _end, _depth/g, ''],
  // Depth.
  [/ *if \(_depth === \$undefined\)\n.*\n *if \(_depth > \$\w+\.recursionLimit\)\n.*\n/g, ''],
  [/, _depth \+ 1/g, ''],
  [/(reader\.skipType\(.*), _depth, tag\)/g, '$1, 0, tag)'],
  [/, _depth\)/g, ')'],
]

/** The modules without all that. If pbjs writes something else one day, this fails and not the user's program. */
export function lean(modules) {
  return cuts.reduce((before, [pattern, replacement]) => {
    const after = before.map((code) => code.replace(pattern, replacement))
    if (after.join() === before.join()) throw new Error(`pbjs no longer writes ${pattern}: look at its output again`)
    return after
  }, modules)
}
