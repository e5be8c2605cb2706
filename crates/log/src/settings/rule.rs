//! What a setting may be: Kafka's types and bounds, and how a text is read as one.
//!
//! It never looks at other settings; what two settings must be to each other is said beside the table that has both.

use std::fmt;

/// What a setting may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    Boolean,
    /// 32 bits.
    Int {
        least: i32,
        most: i32,
    },
    /// 64 bits.
    Long {
        least: i64,
        most: i64,
    },
    /// 32 bits: 1 and up, or -1 for no limit.
    IntOrUnlimited,
    /// 64 bits: 1 and up, or -1 for no limit.
    LongOrUnlimited,
    Double {
        least: f64,
        most: f64,
    },
    OneOf(&'static [&'static str]),
    /// Some of these, with commas between.
    SomeOf(&'static [&'static str]),
    /// Throttled replicas: `*`, or `partition:broker` with commas between.
    Replicas,
    /// A level of gzip: 1 to 9, or -1 for the library's own.
    GzipLevel,
    /// Any text.
    Text,
    /// Any texts, with commas between.
    Texts,
}

/// From this number up.
pub(crate) const fn int_from(least: i32) -> Rule {
    Rule::Int { least, most: i32::MAX }
}

/// From this number up.
pub(crate) const fn long_from(least: i64) -> Rule {
    Rule::Long { least, most: i64::MAX }
}

/// Kafka's numbers for types, in DescribeConfigs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i8)]
pub(crate) enum ConfigType {
    Boolean = 1,
    String = 2,
    Int = 3,
    Long = 5,
    Double = 6,
    List = 7,
}

impl Rule {
    /// Kafka's number for the type.
    pub(crate) const fn config_type(self) -> ConfigType {
        match self {
            Self::Boolean => ConfigType::Boolean,
            Self::Int { .. } | Self::IntOrUnlimited | Self::GzipLevel => ConfigType::Int,
            Self::Long { .. } | Self::LongOrUnlimited => ConfigType::Long,
            Self::Double { .. } => ConfigType::Double,
            Self::OneOf(_) | Self::Text => ConfigType::String,
            Self::SomeOf(_) | Self::Replicas | Self::Texts => ConfigType::List,
        }
    }

    /// Whether it is a list, to which AlterConfigs may append.
    pub(crate) fn is_list(self) -> bool {
        self.config_type() == ConfigType::List
    }

    /// A text that was checked, as it is kept and described.
    pub(crate) fn normal(self, value: &str) -> String {
        let value = value.trim();
        match self {
            Self::Boolean => value.to_ascii_lowercase(),
            Self::SomeOf(_) => {
                let mut normal: Vec<&str> = Vec::new();
                for member in members(value) {
                    if !normal.contains(&member) {
                        normal.push(member);
                    }
                }
                normal.join(",")
            }
            _ => value.to_owned(),
        }
    }

    /// Checks a text; what is wrong with it, as the end of "the setting NAME cannot be VALUE: ".
    pub(crate) fn check(self, value: &str) -> Result<(), String> {
        let value = value.trim();
        match self {
            Self::Boolean => boolean(value).map(drop).ok_or_else(|| self.to_string()),
            Self::Int { least, most } => {
                in_range(value.parse::<i32>().ok(), least, most).ok_or_else(|| self.to_string())
            }
            Self::Long { least, most } => {
                in_range(value.parse::<i64>().ok(), least, most).ok_or_else(|| self.to_string())
            }
            Self::IntOrUnlimited => {
                or_unlimited(value.parse::<i32>().ok().map(i64::from)).ok_or_else(|| self.to_string())
            }
            Self::LongOrUnlimited => or_unlimited(value.parse().ok()).ok_or_else(|| self.to_string()),
            Self::Double { least, most } => {
                in_range(value.parse::<f64>().ok(), least, most).ok_or_else(|| self.to_string())
            }
            Self::OneOf(names) => names.contains(&value).then_some(()).ok_or_else(|| self.to_string()),
            Self::SomeOf(names) => some_of(value, names).ok_or_else(|| self.to_string()),
            Self::Replicas => replicas(value).ok_or_else(|| self.to_string()),
            Self::GzipLevel => match value.parse::<i32>() {
                Ok(-1 | 1..=9) => Ok(()),
                _ => Err(self.to_string()),
            },
            Self::Text | Self::Texts => Ok(()),
        }
    }
}

/// The values that are allowed, as the end of a sentence.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("it must be true or false"),
            Self::Int { least, most: i32::MAX } => {
                write!(f, "it must be a whole number of at least {least}, of 32 bits")
            }
            Self::Int { least, most } => write!(f, "it must be a whole number from {least} to {most}"),
            Self::Long { least, most: i64::MAX } => {
                write!(f, "it must be a whole number of at least {least}")
            }
            Self::Long { least, most } => write!(f, "it must be a whole number from {least} to {most}"),
            Self::IntOrUnlimited | Self::LongOrUnlimited => {
                f.write_str("it must be a whole number of at least 1, or -1 for no limit")
            }
            Self::Double { least, most } => write!(f, "it must be a number from {least} to {most}"),
            Self::OneOf(names) => write!(f, "it must be one of {}", names.join(", ")),
            Self::SomeOf(names) => {
                write!(f, "it must be some of {}, with commas between", names.join(", "))
            }
            Self::Replicas => f.write_str("it must be * or partition:broker with commas between"),
            Self::GzipLevel => f.write_str("it must be a whole number from 1 to 9, or -1"),
            Self::Text | Self::Texts => f.write_str("any text"),
        }
    }
}

/// Kafka takes `TRUE` as well.
pub(crate) fn boolean(value: &str) -> Option<bool> {
    if value.eq_ignore_ascii_case("true") {
        Some(true)
    } else if value.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// The members of a list: none of an empty text.
pub(crate) fn members(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|member| !member.is_empty())
}

fn in_range<T: PartialOrd>(value: Option<T>, least: T, most: T) -> Option<()> {
    value.filter(|value| *value >= least && *value <= most).map(drop)
}

fn or_unlimited(value: Option<i64>) -> Option<()> {
    value.filter(|&value| value == -1 || value >= 1).map(drop)
}

fn some_of(value: &str, names: &[&str]) -> Option<()> {
    members(value).all(|member| names.contains(&member)).then_some(())
}

fn replicas(value: &str) -> Option<()> {
    if value == "*" {
        return Some(());
    }
    members(value).try_for_each(|member| {
        let (partition, broker) = member.split_once(':')?;
        (partition.parse::<u32>().is_ok() && broker.parse::<u32>().is_ok()).then_some(())
    })
}
