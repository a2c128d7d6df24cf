import { hint } from '../../config/did-you-mean.ts';
import { LEVELS, type Level } from '../../core/level.ts';
import { readLevelTexts } from '../level-texts.ts';
import { toDimensionName } from './ascii.ts';
import {
  DEFAULT_DIMENSIONS,
  type DimensionNames,
  type DimensionRule,
  type DimensionRules,
  dimensionName,
  hasStoredLabels,
  INSIGHTS_DIMENSIONS,
  namesOfLevel,
  sourceOfName,
} from './dimensions.ts';
import { MAX_DIMENSIONS } from './limits.ts';

/** Dimensions that values bring along: no rule may take their names. */
const OWN_NAMES: readonly string[] = ['ResourceId', 'Pressure', 'Interface', 'Make', 'Model', 'AcceleratorId'];
/** Most labels of its own that a value has (accelerators: make, model, accelerator_id). */
const OWN_LABELS = 3;

export interface RulesReading {
  readonly rules: DimensionRules;
  readonly problems: readonly string[];
}

/** Reads `dimensions=LEVEL:NAME,NAME` options; levels without one keep the default. Sentences go behind the option's name. */
export function readDimensionRules(texts: readonly string[], names: DimensionNames = 'heapster'): RulesReading {
  const defaults = names === 'containerinsights' ? INSIGHTS_DIMENSIONS : DEFAULT_DIMENSIONS;
  const problems: string[] = [];
  const given = readLevelTexts(texts, `LEVEL:NAME,NAME such as "pod:${DEFAULT_DIMENSIONS.pod}"`, problems);
  const rules = Object.fromEntries(
    LEVELS.map((level) => [level, readRule(level, given.get(level) ?? defaults[level], names, problems)]),
  ) as Record<Level, readonly DimensionRule[]>;
  return { rules, problems };
}

function readRule(level: Level, text: string, spoken: DimensionNames, problems: string[]): readonly DimensionRule[] {
  const words = text.split(',').map((word) => word.trim());
  const names = words.filter((word) => word !== '');
  const rule: DimensionRule[] = [];
  for (const name of names) {
    const source = sourceOfName(level, name, spoken);
    if (source === undefined) problems.push(unknownName(level, name));
    else
      rule.push({
        name: source.kind === 'label' && name.startsWith('label:') ? toDimensionName(dimensionName(source.key)) : name,
        source,
      });
  }
  const taken = new Set(OWN_NAMES);
  for (const { name } of rule) {
    if (taken.has(name)) problems.push(`has the dimension ${name} for ${level} when it is taken already`);
    taken.add(name);
  }
  if (rule.length > MAX_DIMENSIONS - OWN_LABELS) {
    const most = MAX_DIMENSIONS - OWN_LABELS;
    problems.push(`has ${rule.length} names for ${level}; ${most} fit beside the values' own labels`);
  }
  if (level === 'group' && !names.includes('Grouping')) {
    problems.push('must have Grouping for group, else rows of different groupings would be one series');
  }
  return rule;
}

function unknownName(level: Level, name: string): string {
  const allowed = [...namesOfLevel(level), ...(hasStoredLabels(level) ? ['label:KEY'] : [])];
  const known = hint(name, allowed) || ';';
  return `has ${JSON.stringify(name)}, which rows of level ${level} do not have${known} allowed are ${allowed.join(', ')}`;
}

/** Problems of rules together: two exported levels with the same dimension names would write into one series. */
export function collidingLevels(rules: DimensionRules, levels: readonly Level[]): readonly string[] {
  const byNames = new Map<string, Level>();
  const problems: string[] = [];
  for (const level of levels) {
    const names = rules[level].map(({ name }) => name).sort();
    const key = names.join(',');
    const other = byNames.get(key);
    if (other === undefined) byNames.set(key, level);
    else {
      problems.push(
        `dimensions of ${other} and ${level} are both ${key || '(none)'}, so that their values would be one series; ` +
          `add Type to one of them, or leave a level out with levels=`,
      );
    }
  }
  return problems;
}
