// Reads PowerShell with the grammar of tree-sitter and writes what a test looks at,
// as JSON: places that are no PowerShell, functions, commands with their parameters,
// hash tables by the variable they are assigned to, and single-quoted strings.
//
//   node --liftoff-only grammar.mjs NODE_MODULES < script.ps1
//
// Without the option Node spends seconds on optimising the grammar.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const modules = resolve(process.argv[2]);
const require = createRequire(pathToFileURL(join(modules, "x.js")));
const { Parser, Language } = require("web-tree-sitter");

await Parser.init();
const language = await Language.load(join(modules, "tree-sitter-powershell/tree-sitter-powershell.wasm"));
const parser = new Parser();
parser.setLanguage(language);
const text = readFileSync(0, "utf8");
const tree = parser.parse(text);

const found = { errors: [], functions: [], commands: [], tables: {}, strings: [] };

// keysOf are the keys of the hash table in a node, not of those in its values.
function keysOf(table) {
  const keys = [];
  const visit = (node) => {
    for (const child of node.namedChildren) {
      if (child.type === "hash_entry") keys.push(child.namedChildren[0].text);
      else visit(child);
    }
  };
  visit(table);
  return keys;
}

function first(node, type) {
  if (node.type === type) return node;
  for (const child of node.namedChildren) {
    const hit = first(child, type);
    if (hit) return hit;
  }
  return null;
}

function walk(node) {
  if (node.isError || node.isMissing) {
    found.errors.push(`line ${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`);
  }
  switch (node.type) {
    case "function_statement":
      found.functions.push(first(node, "function_name").text);
      break;
    case "command": {
      const name = first(node, "command_name");
      const parameters = [];
      for (const element of node.namedChildren.flatMap((n) => (n.type === "command_elements" ? n.namedChildren : [n]))) {
        if (element.type === "command_parameter") parameters.push(element.text);
      }
      const splats = (node.text.match(/@[A-Za-z]\w*/g) ?? []).map((s) => s.slice(1));
      found.commands.push({ name: name ? name.text : node.text, parameters, splats });
      break;
    }
    case "assignment_expression": {
      const table = first(node.namedChildren.at(-1), "hash_literal_expression");
      const variable = node.namedChildren[0].text;
      if (table && /^\$\w+$/.test(variable)) found.tables[variable.slice(1)] = keysOf(table);
      break;
    }
    case "verbatim_string_characters":
      found.strings.push(node.text);
      break;
  }
  for (const child of node.children) walk(child);
}
walk(tree.rootNode);
process.stdout.write(JSON.stringify(found));
