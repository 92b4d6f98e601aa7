type Node = {
  type: string;
  alt?: string | null;
  url?: string;
  value?: string;
  children?: Node[];
};

/** A remark plugin that replaces images with links to them, or within a link with their alternative
 * text, so that none is loaded. */
export function plainImages() {
  return (tree: Node) => mend(tree, false);
}

function mend(node: Node, linked: boolean): void {
  const within = linked || node.type === "link" || node.type === "linkReference";
  node.children = node.children?.map((child) => plain(child, within));
  for (const child of node.children ?? []) mend(child, within);
}

function plain(node: Node, linked: boolean): Node {
  if (node.type !== "image" && node.type !== "imageReference") return node;
  const words = { type: "text", value: node.alt?.trim() || "picture" };
  if (linked) return words;
  const type = node.type === "image" ? "link" : "linkReference";
  return { ...node, type, children: [words] };
}
