import ts from 'typescript'

const printer = ts.createPrinter({ removeComments: true })

/**
 * Prints a declaration without comments and without private members.
 * @returns one statement, such as `export declare const a: 1;`
 */
export function printed(declaration: ts.Declaration): string {
  const file = declaration.getSourceFile()
  if (ts.isVariableDeclaration(declaration)) {
    const text = printer.printNode(ts.EmitHint.Unspecified, declaration, file)
    return `export declare const ${text};`
  }
  return printer.printNode(ts.EmitHint.Unspecified, withoutPrivate(declaration), file)
}

/** The nodes of a declaration that name other declarations: its types, what it extends, and what it has the type of. */
export function referencesIn(declaration: ts.Declaration): ts.Node[] {
  const found: ts.Node[] = []
  visit(declaration)
  return found

  function visit(node: ts.Node): void {
    if (ts.isClassElement(node) && isPrivate(node)) return
    if (ts.isTypeReferenceNode(node)) found.push(node.typeName)
    else if (ts.isExpressionWithTypeArguments(node)) found.push(node.expression)
    else if (ts.isTypeQueryNode(node)) found.push(node.exprName)
    else if (ts.isImportTypeNode(node) && node.qualifier !== undefined) found.push(node.qualifier)
    else if (ts.isComputedPropertyName(node)) found.push(node.expression)
    ts.forEachChild(node, visit)
  }
}

function withoutPrivate(declaration: ts.Declaration): ts.Declaration {
  if (!ts.isClassDeclaration(declaration)) return declaration
  const { modifiers, name, typeParameters, heritageClauses, members } = declaration
  const others = members.filter((member) => !isPrivate(member))
  return ts.factory.createClassDeclaration(modifiers, name, typeParameters, heritageClauses, others)
}

/** Whether a member cannot be used outside. A private constructor is part of the API: it says that the class cannot be made. */
function isPrivate(member: ts.ClassElement): boolean {
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return true
  return !ts.isConstructorDeclaration(member) && hasModifier(member, ts.SyntaxKind.PrivateKeyword)
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind)
}
