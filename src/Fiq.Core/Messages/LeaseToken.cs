namespace Fiq;

/// <summary>Says which lease a delivery belongs to. Opaque to callers.</summary>
/// <param name="Table">A random number drawn when the group's table was built.</param>
/// <param name="Serial">A number never used twice within that table.</param>
public readonly record struct LeaseToken(ulong Table, ulong Serial);
