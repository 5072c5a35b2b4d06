// The drawing of the world, which build/world.ts makes from Natural Earth's countries.

declare module "virtual:world" {
  const world: {
    width: number;
    height: number;
    /** SVG paths by country code. */
    shapes: Record<string, string>;
    /** Where countries lie whose shape is too small to be hit. */
    dots: Record<string, [x: number, y: number]>;
  };
  export default world;
}
