// A rule of a service, parsed by the server, judged here as the server judges it: what is not known is null, "ask it".
export type Rule = [string, string | boolean, Rule[]];
type Value = string | number | boolean | Value[] | Record<string, unknown> | null;
export type Facts = Record<string, unknown>;

class Undecided extends Error {}

export function holds(rule: Rule | undefined | null, facts: Facts): boolean | null {
  if (!rule) return true;
  try {
    const found = answer(rule, facts);
    return typeof found === "boolean" ? found : null;
  } catch {
    return null;
  }
}

function answer([op, value, parts]: Rule, facts: Facts): Value {
  switch (op) {
    case "literal":
      return value;
    case "number":
      return Number(value);
    case "name":
      return known(facts[String(value)]);
    case "list":
      return parts.map((one) => answer(one, facts));
    case "choice":
      return answer(truth(answer(parts[0]!, facts)) ? parts[1]! : parts[2]!, facts);
    case "unary": {
      const inner = answer(parts[0]!, facts);
      return value === "!" ? !truth(inner) : -count(inner);
    }
    case "call":
      return call(String(value), parts, facts);
    default:
      return binary(String(value), parts, facts);
  }
}

function binary(sign: string, parts: Rule[], facts: Facts): Value {
  if (sign === "&&" || sign === "||") return logic(sign === "||", parts, facts);
  const [left, right] = parts.map((one) => answer(one, facts)) as [Value, Value];
  if (sign === "==" || sign === "!=") return like(left, right) === (sign === "==");
  if (sign === "in") {
    if (!Array.isArray(right)) throw new Undecided();
    return right.some((one) => like(left, one));
  }
  if (sign === "+" && typeof left === "string" && typeof right === "string") return left + right;
  // Dates are texts of the form 2026-12-06: they stand in the order of the calendar.
  const areTexts = typeof left === "string" && typeof right === "string" && /^\d{4}-/.test(left) && /^\d{4}-/.test(right);
  const [a, b] = areTexts ? [left, right] : [count(left), count(right)];
  if (sign === "<") return a < b;
  if (sign === "<=") return a <= b;
  if (sign === ">") return a > b;
  if (sign === ">=") return a >= b;
  const [x, y] = [count(left), count(right)];
  if (sign === "-") return x - y;
  if (sign === "*") return x * y;
  if (sign === "+") return x + y;
  if (y === 0) throw new Undecided();
  return sign === "/" ? x / y : x % y;
}

/** One side that settles the matter settles it, even where the other is not known. */
function logic(settles: boolean, parts: Rule[], facts: Facts): boolean {
  let unknown = false;
  for (const part of parts) {
    try {
      if (truth(answer(part, facts)) === settles) return settles;
    } catch {
      unknown = true;
    }
  }
  if (unknown) throw new Undecided();
  return !settles;
}

function call(name: string, parts: Rule[], facts: Facts): Value {
  if (name === "has") {
    const only = parts[0]!;
    const found = only[0] === "name" ? facts[String(only[1])] : answer(only, facts);
    return !(found === undefined || found === null || found === "" || (Array.isArray(found) && !found.length));
  }
  const given = parts.map((one) => answer(one, facts));
  const [first, second] = given as [Value, Value];
  if (name === "size" && (typeof first === "string" || Array.isArray(first))) return first.length;
  if (name === "min") return Math.min(count(first), count(second));
  if (name === "max") return Math.max(count(first), count(second));
  if (name === "ceil") return Math.ceil(count(first));
  if (name === "floor") return Math.floor(count(first));
  if (name === "contains" && typeof first === "string" && typeof second === "string") return first.includes(second);
  if (name === "startsWith" && typeof first === "string" && typeof second === "string") return first.startsWith(second);
  if (name === "date" && typeof first === "string") return first;
  if (name === "sum" && Array.isArray(first)) {
    return first.reduce((sum: number, row) => sum + count(((row as Record<string, Value>)[String(second)] || 0) as Value), 0);
  }
  throw new Undecided();
}

function known(value: unknown): Value {
  if (value === undefined || value === null) throw new Undecided();
  return value as Value;
}

function truth(value: Value): boolean {
  if (typeof value !== "boolean") throw new Undecided();
  return value;
}

function count(value: Value): number {
  const number = typeof value === "number" ? value : typeof value === "string" && value.trim() ? Number(value) : NaN;
  if (Number.isNaN(number)) throw new Undecided();
  return number;
}

function like(left: Value, right: Value): boolean {
  if (typeof left === "number" || typeof right === "number") {
    try {
      return count(left) === count(right);
    } catch {
      return false;
    }
  }
  return left === right;
}
